#!/usr/bin/env node
// Every GraphQL document that the bot can send, validated against GitHub's published schema.
import fs from "node:fs";
import path from "node:path";
import { buildASTSchema, Kind, parse, validate } from "graphql";
import { Check, run } from "./lib/check.mjs";

const FOLDER = path.resolve(import.meta.dirname, "../../src/tracker/github");
const SCHEMA = path.resolve(import.meta.dirname, "node_modules/@octokit/graphql-schema/schema.graphql");

/** github.com takes `query` on a project's items since 2026, Enterprise Server and the published package do not know it yet. */
const NEWER = new Set(["ProjectItemsOfSprint"]);

function schemas() {
  const published = parse(fs.readFileSync(SCHEMA, "utf8"), { noLocation: true });
  const newer = structuredClone(published);
  const project = newer.definitions.find((type) => type.kind === Kind.OBJECT_TYPE_DEFINITION && type.name.value === "ProjectV2");
  const items = project.fields.find((field) => field.name.value === "items");
  const known = items.arguments.some((argument) => argument.name.value === "query");
  if (!known) items.arguments.push(...parse("type T { f(query: String): Int }", { noLocation: true }).definitions[0].fields[0].arguments);
  const build = (document) => buildASTSchema(document, { assumeValid: true, assumeValidSDL: true });
  return { published: build(published), newer: build(newer), known };
}

/** The documents as the adapter puts them together: an operation with the fragments that it needs. */
function documents() {
  const files = fs.readdirSync(FOLDER, { recursive: true }).filter((name) => name.endsWith(".graphql")).map((name) => parse(fs.readFileSync(path.join(FOLDER, name), "utf8")));
  const definitions = files.flatMap((file) => file.definitions);
  const fragments = new Map(definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION).map((one) => [one.name.value, one]));
  const needed = (node, found = new Set()) => {
    for (const [, name] of JSON.stringify(node).matchAll(/"FragmentSpread","name":\{"kind":"Name","value":"(\w+)"/g)) {
      if (found.has(name) || !fragments.has(name)) continue;
      found.add(name);
      needed(fragments.get(name), found);
    }
    return found;
  };
  return definitions
    .filter((one) => one.kind === Kind.OPERATION_DEFINITION)
    .map((operation) => ({
      name: operation.name.value,
      document: { kind: Kind.DOCUMENT, definitions: [operation, ...[...needed(operation)].map((name) => fragments.get(name))] },
    }));
}

await run(new Check("graphql"), async (check) => {
  const { published, newer, known } = schemas();
  check.that(!known, "the published schema does not know `ProjectV2.items(query:)` yet: once it does, drop the exception here");
  const all = documents();
  check.that(all.length >= 12, "the documents were found", `${all.length} in ${FOLDER}`);
  for (const { name, document } of all) {
    const errors = validate(NEWER.has(name) ? newer : published, document);
    check.that(errors.length === 0, `${name} is valid`, errors.map((error) => error.message).join("; "));
  }
  const broken = parse("query Broken { repository(owner: 1) { nonsense } }");
  check.that(validate(published, broken).length >= 2, "a wrong document is refused");
});
