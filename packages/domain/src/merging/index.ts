export { type MergedAlert, mergeDuplicates, severityRank } from './same-alerts.js';
export { type FailedPart, tellingError } from './telling-error.js';
