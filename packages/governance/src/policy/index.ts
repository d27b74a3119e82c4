export * from './default-policy.js';
export * from './load-policy.js';
export type { Rule } from './rule.js';
