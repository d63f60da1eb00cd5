^error probe$
