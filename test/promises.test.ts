import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { promises } from './promises.js';

const root = path.resolve(import.meta.dirname, '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const oneLine = (text: string) => text.replace(/\s+/g, ' ');

describe('every promise', () => {
  it.each(promises.map((one) => [`${one.document}: ${one.promise}`, one] as const))(
    '%s',
    (_, { document, promise, file, test }) => {
      expect(oneLine(read(document))).toContain(promise);
      expect([file, existsSync(path.join(root, file))]).toEqual([file, true]);
      // The quoted name of a test or of the group that stands for it.
      expect(
        read(file).includes(`'${test}`) ||
          read(file).includes(`"${test}`) ||
          read(file).includes(`\`${test}`),
      ).toBe(true);
    },
  );
});
