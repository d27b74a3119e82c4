import { it } from 'vitest';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { estimateTokens } from '@devops-mcp/domain';
it('r', () => {
  const { countTokens } = createRequire('/work/main/test/package.json')('gpt-tokenizer/cjs/encoding/o200k_base');
  for (const j of JSON.parse(readFileSync('/tmp/dump.json', 'utf8'))) console.log(j.length, countTokens(j), estimateTokens(j), (estimateTokens(j) / countTokens(j)).toFixed(2));
  for (const t of ['2026-05-04T11:22:13.123Z', 'checkout-v4c8ccgxn4-6qlbb', '230c456fc25b193680a9fb2244a6a779b793cbc1', '"firstSeen":"', '[0,0,0,5,12,13]', 'serviceInstance', '"newSinceDeployment":true,', '94d81eb12f619adb312e0628232b9cfe']) console.log(t, countTokens(t), estimateTokens(t));
});
