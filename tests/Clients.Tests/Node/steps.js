// What every client does, by its own functions. Each step makes its own data and asserts what it sees.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

const system = 'https://clients.example/id';
const patient = (family) => ({ resourceType: 'Patient', identifier: [{ system, value: randomUUID() }], name: [{ family, given: ['Client'] }] });
const observation = (id, day) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '8302-2' }] },
  subject: { reference: `Patient/${id}` },
  effectiveDateTime: `2024-01-${String(day).padStart(2, '0')}`,
  valueQuantity: { value: 160 + day, unit: 'cm', system: 'http://unitsofmeasure.org', code: 'cm' },
});

const all = {
  async create(client) {
    const created = await client.create(patient('Created'));
    assert.ok(created.id);
    assert.equal(created.meta.versionId, '1');
    assert.equal(created.name[0].family, 'Created');
  },

  async read(client) {
    const created = await client.create(patient('Read'));
    assert.deepEqual(await client.read('Patient', created.id), created);
  },

  async update(client) {
    const created = await client.create(patient('Before'));
    const updated = await client.update({ ...created, name: [{ family: 'After' }] });
    assert.equal(updated.meta.versionId, '2');
    assert.equal((await client.read('Patient', created.id)).name[0].family, 'After');
  },

  async patch(client) {
    const created = await client.create(patient('Before'));
    const patched = await client.patch('Patient', created.id, [{ op: 'replace', path: '/name/0/family', value: 'Patched' }]);
    assert.equal(patched.name[0].family, 'Patched');
    assert.equal((await client.read('Patient', created.id)).meta.versionId, '2');
  },

  async delete(client) {
    const created = await client.create(patient('Deleted'));
    await client.delete('Patient', created.id);
    assert.equal(await client.refused(() => client.read('Patient', created.id)), 410);
  },

  async search(client) {
    const { id } = await client.create(patient('Searched'));
    for (let day = 1; day <= 7; day++) await client.create(observation(id, day));
    const pages = await client.pages('Observation', `patient=${id}&code=http://loinc.org|8302-2&_sort=-date&_count=3`);
    assert.deepEqual(pages.map((page) => page.length), [3, 3, 1]);
    assert.deepEqual(pages.flat().map((found) => found.valueQuantity.value), [167, 166, 165, 164, 163, 162, 161]);
  },

  async history(client) {
    const created = await client.create(patient('First'));
    await client.update({ ...created, name: [{ family: 'Second' }] });
    const history = await client.history('Patient', created.id);
    assert.equal(history.type, 'history');
    assert.deepEqual(history.entry.map((entry) => entry.resource.name[0].family), ['Second', 'First']);
  },

  async transaction(client) {
    const fullUrl = `urn:uuid:${randomUUID()}`;
    const answer = await client.transaction({
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        { fullUrl, resource: patient('Transaction'), request: { method: 'POST', url: 'Patient' } },
        { fullUrl: `urn:uuid:${randomUUID()}`, resource: { ...observation('x', 1), subject: { reference: fullUrl } }, request: { method: 'POST', url: 'Observation' } },
      ],
    });
    assert.equal(answer.type, 'transaction-response');
    assert.deepEqual(answer.entry.map((entry) => entry.response.status.slice(0, 3)), ['201', '201']);
    const [person, measured] = answer.entry.map((entry) => entry.response.location.match(/(\w+)\/([\w.-]+)\/_history\/1$/).slice(1));
    assert.equal((await client.read(...measured)).subject.reference, person.join('/'));
  },
};

export async function steps(client) {
  await all[process.argv[2]](client);
}
