export { representedPerson, type StdioFacts, samePerson, stdioCaller } from './caller.js';
