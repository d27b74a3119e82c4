export { capText } from './cap-text.js';
export { createRedactor } from './redactor.js';
