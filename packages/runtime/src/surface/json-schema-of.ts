import type { JsonObject } from '@devops-mcp/contract';
import { z } from 'zod';

/** The JSON Schema (draft 2020-12) that clients are shown; converted once, since it costs more than a call. */
export function jsonSchemaOf(schema: z.ZodType, side: 'input' | 'output'): JsonObject {
  const { $schema: _, ...shown } = z.toJSONSchema(schema, {
    io: side,
    // The end of a tuple; clients that read schemas into a smaller dialect expect an object here.
    override: ({ jsonSchema }) => {
      if (jsonSchema.items === false) jsonSchema.items = { not: {} };
    },
  });
  // Boundary: the converter makes plain JSON and types it as an open record.
  return shown as JsonObject;
}
