import { describe, expect, it } from 'vitest';
import { isSecretKey, maskText, maskValue } from '../../src/gitops/masking.js';

const canary = 'CaNaRy-9f2';

describe('masking', () => {
  it('knows keys of secrets from keys that only sound like it', () => {
    const secret = [
      'DB_PASSWORD',
      'dbPassword',
      'API_TOKEN',
      'stripe.api-key',
      'PRIVATE_KEY',
      'AUTH',
      'JWT_SIGNING',
    ];
    const harmless = [
      'MAX_TOKENS',
      'TOKEN_TTL',
      'SECRET_NAME',
      'PARTITION_KEY',
      'key',
      'BYPASS_CACHE',
      'AUTHOR',
    ];
    expect(secret.filter((key) => !isSecretKey(key))).toEqual([]);
    expect(harmless.filter((key) => isSecretKey(key))).toEqual([]);
  });

  it('masks values by key and passwords in addresses', () => {
    expect(maskValue('DB_PASSWORD', canary)).toBe('(masked)');
    expect(maskValue('ENABLE_TOKEN_CHECK', 'true')).toBe('true');
    expect(maskValue('URL', `postgres://app:${canary}@db/x`)).toBe('postgres://(masked)@db/x');
    expect(maskValue('application.yaml', `a: 1\nspring.datasource.password: ${canary}\n`)).not.toContain(
      canary,
    );
  });

  it.each([
    [
      'a Secret',
      `kind: Secret\ndata:\n  anything: ${canary}\nstringData:\n  file: |\n    one\n    ${canary}\n`,
    ],
    ['a sealed Secret', `kind: SealedSecret\nspec:\n  encryptedData:\n    a: ${canary}\n`],
    ['name and value', `env:\n  - name: DB_PASSWORD\n    value: ${canary}\n  - name: A\n    value: shown\n`],
    ['a flow map', `config: { host: shown, password: ${canary} }\n`],
    ['a long value', `private_key: |\n  -----BEGIN\n  ${canary}\n  -----END\nhost: shown\n`],
    ['literals', `secretGenerator:\n- literals:\n  - PASSWORD=${canary}\n`],
    ['arguments', `args: [ "--api-token=${canary}", "--verbose" ]\n`],
    ['a broken file', `a: [\npassword: ${canary}\n`],
    ['a quoted key', `"password": "${canary}"\n`],
  ])('masks %s in YAML', (_, text) => {
    const shown = maskText('services/x/file.yaml', text);
    expect(shown).not.toContain(canary);
    expect(shown).toContain('(masked)');
    if (text.includes('shown')) expect(shown).toContain('shown');
  });

  it('masks other files line by line', () => {
    expect(maskText('x/.env', `HOST=a\nAPI_KEY=${canary}\n`)).toBe('HOST=a\nAPI_KEY=(masked)\n');
    expect(maskText('x/app.properties', `db.password = ${canary}\n`)).toBe('db.password = (masked)\n');
    expect(maskText('x/package.json', `{"token": "${canary}"}`)).not.toContain(canary);
  });
});
