// Opens the store, says so, waits for the word, and makes one attempt.
const [module, directory, attempt] = process.argv.slice(2);
const { openSqliteStore } = await import(module);
const store = await openSqliteStore({ directory, clock: () => new Date() });
const at = new Date().toISOString();
const attempts = {
  use: () => store.singleUse.use('binding', 'the-binding', at),
  transition: () =>
    store.proposals.transition('prop_race', ['approved'], 'consumed', at, { by: process.pid }),
  add: async () => (await store.counters.add('window', 1, 60_000, 5, new Date())).allowed,
  lease: async () => (await store.leases.acquire('ingest', 60_000)) !== undefined,
};
process.once('message', async () => {
  process.send({ won: await attempts[attempt]() });
  await store.close();
  process.disconnect();
});
process.send('ready');
