// Computes the expressions of a Questionnaire from responses, each in one pass. Usage: node fhirpath.cjs <fhirpath.js> < in > out
const fhirpath = require(process.argv[2]);
const model = require(process.argv[2] + '/fhir-context/r4');
const { expressions, responses, questionnaire } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const compiled = Object.entries(expressions).map(([id, expression]) => [id, fhirpath.compile(expression, model)]);
const code = value => (value && value.code !== undefined ? value.code : value);
const compute = (formula, response) => {
  try {
    return formula(response, { resource: response, questionnaire }).map(code);
  } catch (error) {
    return [String(error).slice(0, 200)];
  }
};
const computed = responses.map(response =>
  Object.fromEntries(compiled.map(([id, formula]) => [id, compute(formula, response)])));
process.stdout.write(JSON.stringify(computed));
