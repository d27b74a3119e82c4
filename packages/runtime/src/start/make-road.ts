/** Loaded at the first call: a client that only lists tools waits for none of it. */
export { callsPerMinute, createRateLimiter, createRoad } from '@devops-mcp/governance';
