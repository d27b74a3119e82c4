import type { ServerOptions } from '@modelcontextprotocol/server';

/**
 * The SDK would compile JSON Schemas with ajv; arguments are validated on the road with the schema
 * they were declared with, and answers to questions are read there too. Nothing may rely on this one.
 */
export const noSchemaValidation: NonNullable<ServerOptions['jsonSchemaValidator']> = {
  getValidator: () => () => ({ valid: false, data: undefined, errorMessage: 'not validated here' }),
};
