/** Thrown by a command for what the user should type differently. */
export class UsageError extends Error {}
