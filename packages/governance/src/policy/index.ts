export { isStricter } from './decide.js';
export { defaultPolicyText } from './default-policy.js';
export { type LoadedPolicy, loadPolicy, parsePolicy } from './load-policy.js';
export type { PolicyInventory } from './policy-file.js';
