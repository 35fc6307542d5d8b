// npm's @medplum/core (MedplumClient) against a running server: node medplum.js STEP, with FHIR_BASE and FHIR_TOKEN.
import assert from 'node:assert/strict';
import { MedplumClient } from '@medplum/core';
import { steps } from './steps.js';

const base = new URL(process.env.FHIR_BASE);
const client = new MedplumClient({ baseUrl: `${base.origin}/`, fhirUrlPath: base.pathname.slice(1), fetch, cacheTime: 0 });
client.setAccessToken(process.env.FHIR_TOKEN);

await steps({
  create: (resource) => client.createResource(resource),
  read: (type, id) => client.readResource(type, id),
  update: (resource) => client.updateResource(resource),
  patch: (type, id, patch) => client.patchResource(type, id, patch),
  delete: (type, id) => client.deleteResource(type, id),
  async pages(type, query) {
    const pages = [];
    for await (const page of client.searchResourcePages(type, query)) pages.push([...page]);
    return pages;
  },
  history: (type, id) => client.readHistory(type, id),
  transaction: (bundle) => client.executeBatch(bundle),
  async refused(call) {
    const error = await call().then(() => assert.fail('It was not refused.'), (reason) => reason);
    return { gone: 410, deleted: 410, 'not-found': 404 }[error.outcome?.issue?.[0]?.code];
  },
});
