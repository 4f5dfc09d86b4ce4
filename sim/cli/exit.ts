/** Done; a simulation failed, the others are kept; bad input, nothing was run; stopped by Ctrl-C, as shells count it. */
export const exitCodes = {done: 0, failed: 1, badInput: 2, interrupted: 130} as const;

/** Errors by name whose message says all there is to say to whoever typed the command. */
export const badInputErrors: readonly string[] = ['BadInput', 'BadReport'];
