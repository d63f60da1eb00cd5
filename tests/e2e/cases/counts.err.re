^WARNING: Skipped due to reentrancy: [1-9]
