import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { expect, it } from 'vitest';
import { openSample } from '../fixture/sample-server.js';

const registration =
  'library: { owner: group:default/team-library, killSwitchOwner: group:default/team-library, version: 1.0.0 }';

it('refuses a read beyond what the configuration allows within a minute', async () => {
  const sample = await openSample({ registration: `${registration}\nlimits: { readsPerMinute: 2 }` });
  const client = new Client({ name: 'test', version: '1.0.0' });
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await (await sample.server.factory({ era: 'legacy' })).connect(theirs);
  await client.connect(ours);
  const read = () => client.callTool({ name: 'list_books', arguments: { environment: 'staging' } });
  const answers = [await read(), await read(), await read()];
  expect(answers.map(({ isError }) => isError ?? false)).toEqual([false, false, true]);
  expect(answers[2]?.content[0]).toMatchObject({ text: expect.stringContaining('more than 2 times') });
  await sample.close();
});
