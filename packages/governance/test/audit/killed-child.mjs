// Records as fast as it can until it is killed, and reports each durable record that was confirmed.
const [auditModule, storeModule, directory, event] = process.argv.slice(2);
const { openAuditLog } = await import(auditModule);
const { openSqliteStore } = await import(storeModule);
const { randomBytes } = await import('node:crypto');
const clock = () => new Date();
const store = await openSqliteStore({ directory: `${directory}/state`, clock });
const log = openAuditLog({
  directory: `${directory}/audit`,
  server: { name: 'metrics' },
  segments: store.segments,
  redactor: { json: (value) => value, text: (value) => value },
  clock,
  random: { hex: (bytes) => randomBytes(bytes).toString('hex') },
});
const example = JSON.parse(event);
for (let number = 1; ; number += 1) {
  for (let read = 0; read < 50; read += 1) await log.grouped({ ...example, id: `read-${number}-${read}` });
  await log.durable({ ...example, id: `durable-${number}` });
  process.send({ confirmed: number });
}
