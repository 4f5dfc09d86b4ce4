/** Done; a simulation failed, the others are kept; bad input, nothing was run. */
export const exitCodes = {done: 0, failed: 1, badInput: 2} as const;
