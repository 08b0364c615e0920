/* Validates Thing Descriptions by the W3C's JSON schema and ajv.
 *
 *   node td_valid.mjs MODULES SCHEMA < [TD, ...]
 *
 * MODULES  the node_modules folder to take ajv from
 * SCHEMA   the schema's file
 *
 * Prints an array with an array of errors for each, empty for a valid one.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [modules, schema] = process.argv.slice(2);
const require = createRequire(resolve(modules, "index.js"));
const Ajv = require("ajv").default;
const ajv = new Ajv({ strict: false, allErrors: true });
require("ajv-formats").default(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(schema, "utf8")));
const verdicts = JSON.parse(readFileSync(0, "utf8")).map((td) =>
  validate(td) ? [] : validate.errors.map((error) => `${error.instancePath} ${error.message}`),
);
process.stdout.write(JSON.stringify(verdicts));
