import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { deploymentsServer } from '../src/server.js';

const parts = [...deploymentsServer.tools, ...deploymentsServer.actions];

describe('the deployments server', () => {
  it('names every part once, as verb and noun', () => {
    const names = parts.map((part) => part.name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]+(_[a-z]+)+$/);
  });

  it('has flat, strict and bounded input', () => {
    for (const part of parts) {
      const schema = z.toJSONSchema(part.input, { io: 'input' });
      expect(schema.additionalProperties).toBe(false);
      for (const [name, property] of Object.entries(schema.properties ?? {})) {
        expect(JSON.stringify(property), `${part.name}.${name}`).not.toMatch(/\$ref|anyOf|oneOf|"object"/);
        expect(JSON.stringify(property), `${part.name}.${name}`).toMatch(/maxLength|maximum|enum|maxItems/);
      }
    }
  });

  it('keeps within its budget of tokens, at four characters each', () => {
    const size = parts.map(
      ({ name, title, description, input }) =>
        JSON.stringify({ name, title, description, input: z.toJSONSchema(input, { io: 'input' }) }).length /
        4,
    );
    expect(Math.max(...size)).toBeLessThan(400);
    expect(size.reduce((sum, one) => sum + one, 0) / size.length).toBeLessThan(250);
  });
});
