export { capText, createRedactor } from './redactor.js';
