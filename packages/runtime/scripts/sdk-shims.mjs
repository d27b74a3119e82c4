// Stands in for a file of the protocol SDK that loads ajv, 300 KB which no server here uses: arguments
// are validated on the road with the schemas they were declared with, and the runtime passes a
// validator of its own. Whoever does ask for ajv must notice.
export { default as process } from 'node:process';

export class DefaultJsonSchemaValidator {
  getValidator() {
    throw new Error('JSON Schema validation is not part of this build');
  }
}
