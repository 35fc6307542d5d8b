// npm's fhirclient (SMART Health IT) against a running server: node fhirclient.js STEP, with FHIR_BASE and FHIR_TOKEN.
import assert from 'node:assert/strict';
import smart from 'fhirclient';
import { steps } from './steps.js';

const state = { serverUrl: process.env.FHIR_BASE, tokenResponse: { access_token: process.env.FHIR_TOKEN } };
const client = smart({ headers: { host: 'localhost' }, url: '/', socket: {} }, {}).client(state);

await steps({
  create: (resource) => client.create(resource),
  read: (type, id) => client.request(`${type}/${id}`),
  update: (resource) => client.update(resource),
  patch: (type, id, patch) => client.patch(`${type}/${id}`, patch),
  delete: (type, id) => client.delete(`${type}/${id}`),
  async pages(type, query) {
    const pages = [];
    await client.request(`${type}?${query}`, { pageLimit: 0, onPage: (bundle) => pages.push((bundle.entry ?? []).map((entry) => entry.resource)) });
    return pages;
  },
  history: (type, id) => client.request(`${type}/${id}/_history`),
  transaction: (bundle) => client.request({ url: '', method: 'POST', body: JSON.stringify(bundle), headers: { 'content-type': 'application/fhir+json' } }),
  async refused(call) {
    const error = await call().then(() => assert.fail('It was not refused.'), (reason) => reason);
    return error.statusCode ?? error.status;
  },
});
