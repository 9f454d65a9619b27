/** What the process says to its caller. */
export const exitCodes = { passed: 0, failed: 1, usage: 2 } as const;
