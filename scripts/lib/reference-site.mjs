// What typedoc has no option for: the plugin of scripts/typedoc.config.mjs.
import {
  Comment,
  CommentTag,
  Converter,
  DeclarationReflection,
  DefaultTheme,
  DocumentReflection,
  IntrinsicType,
  PageEvent,
  ReferenceType,
  ReflectionKind,
  ReflectionType,
  RendererEvent,
  UnionType,
} from "typedoc";

/** The types of the whole OpenAPI document. */
const DOCUMENT_TYPES = ["paths", "operations", "components"];

const MAX_SHOWN_NAMES = 20;

/**
 * @typedef {object} Site
 * @property {Readonly<Record<string, string>>} modules the names of the modules, by their entries
 * @property {Readonly<Record<string, string>>} titles the names of guides whose first heading is the name of the package
 * @property {Readonly<Record<string, readonly string[]>>} groups the symbols of each group
 * @property {string} source where the files of the repository are
 */

/** @param {Site} site */
export function referenceSite({ modules, titles, groups, source }) {
  const groupOf = new Map(Object.entries(groups).flatMap(([group, names]) => names.map((name) => [name, group])));

  /** @param {import("typedoc").Application} app */
  return (app) => {
    app.converter.on(Converter.EVENT_CREATE_DECLARATION, listNames);
    app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
      for (const reflection of Object.values(project.reflections)) {
        const isDocumentType =
          DOCUMENT_TYPES.includes(reflection.name) && reflection.parent?.kindOf(ReflectionKind.Module);
        if (isDocumentType) project.removeReflection(reflection);
      }
      linkRepositoryFiles(project, source);
      for (const reflection of Object.values(project.reflections)) {
        documentGenerated(project, reflection);
        if (reflection instanceof DocumentReflection) reflection.name = titles[reflection.name] ?? titleOf(reflection);
        if (reflection instanceof DeclarationReflection) {
          foldEnumerations(project, reflection);
          removeUnexportedBases(project, reflection);
          if (reflection.parent?.kindOf(ReflectionKind.Module)) addGroup(reflection, groupOf.get(reflection.name));
        }
      }
      for (const module of project.children ?? []) module.name = modules[module.name] ?? module.name;
      const known = new Set(Object.values(project.reflections).map(({ name }) => name));
      for (const name of groupOf.keys()) {
        if (!known.has(name)) app.logger.warn(`The groups of the reference name ${name}, which is not exported.`);
      }
    });
    app.renderer.on(RendererEvent.BEGIN, ({ project }) => {
      const { theme } = app.renderer;
      if (!(theme instanceof DefaultTheme)) throw new Error("The reference has another theme.");
      for (const entry of theme.getNavigation(project)) moveLinkOutOfSummary(entry);
    });
    app.renderer.on(PageEvent.END, makeAccessible);
    // After what typedoc does itself.
    app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => removeDeadEnds(project), -1000);
  };
}

/**
 * The document describes few of its fields. Those get a line that says where they come from, so that a missing comment in
 * hand-written code is all that is left to complain about.
 *
 * @param {import("typedoc").ProjectReflection} project
 * @param {import("typedoc").Reflection} reflection
 */
function documentGenerated(project, reflection) {
  const file = project.getSymbolIdFromReflection(reflection)?.packagePath ?? "";
  if (!file.startsWith("src/generated/") || reflection.hasComment()) return;
  reflection.comment = new Comment([{ kind: "text", text: "From the OpenAPI document." }]);
}

/**
 * The first heading of a guide, which names it better than its file does.
 *
 * @param {DocumentReflection} document
 */
function titleOf({ name, content: [first] }) {
  const title = first === undefined ? undefined : /^# (.*)\n/.exec(first.text)?.[1];
  if (title === undefined) throw new Error(`${name} does not begin with a heading.`);
  return title;
}

/**
 * Files that are no pages of the site are linked in the repository; typedoc would copy them.
 *
 * @param {import("typedoc").ProjectReflection} project
 * @param {string} source
 */
function linkRepositoryFiles(project, source) {
  const documents = Object.values(project.reflections).filter((reflection) => reflection instanceof DocumentReflection);
  const root = new URL("../..", import.meta.url).pathname;
  for (const part of [...documents.flatMap(({ content }) => content), ...(project.readme ?? [])]) {
    if (part.kind !== "relative-link" || part.target === undefined) continue;
    const file = project.files.resolve(part.target, project);
    if (typeof file !== "string") continue;
    Object.assign(part, { kind: "text", text: `${source}/${file.slice(root.length)}` });
  }
}

/**
 * What the document enumerates is listed once, at the exported type of that name, instead of wherever a type has it.
 *
 * @param {import("typedoc").ProjectReflection} project
 * @param {DeclarationReflection} reflection
 */
function foldEnumerations(project, reflection) {
  const { type } = reflection;
  if (reflection.name === "appKey" && type instanceof UnionType) {
    reflection.type = referenceTo(project, "AppKey");
  }
  if (reflection.name === "entitiesToSync" && type instanceof ReflectionType) {
    project.removeTypeReflections(type);
    const record = ReferenceType.createBrokenReference("Record", project, "typescript");
    record.typeArguments = [referenceTo(project, "EntityToSync"), new IntrinsicType("boolean")];
    reflection.type = ReferenceType.createBrokenReference("Partial", project, "typescript");
    reflection.type.typeArguments = [record];
  }
}

/**
 * @param {import("typedoc").ProjectReflection} project
 * @param {string} name
 */
function referenceTo(project, name) {
  const target = project.getReflectionsByKind(ReflectionKind.TypeAlias).find((reflection) => reflection.name === name);
  if (target === undefined) throw new Error(`${name} is not exported.`);
  return ReferenceType.createResolvedReference(name, target, project);
}

/**
 * The names in a long union of strings are in a list that is closed at first.
 *
 * @param {import("typedoc").Context} context
 * @param {DeclarationReflection} reflection
 */
function listNames(context, reflection) {
  const symbol = context.getSymbolFromReflection(reflection);
  if (symbol === undefined || !reflection.kindOf(ReflectionKind.TypeAlias)) return;
  const type = context.checker.getDeclaredTypeOfSymbol(symbol);
  const names = type.isUnion() ? type.types.flatMap((member) => (member.isStringLiteral() ? member.value : [])) : [];
  if (names.length <= MAX_SHOWN_NAMES) return;
  const list = names.map((name) => `<code>${name}</code>`).join(", ");
  const text = `\n\n<details><summary>All ${names.length} names</summary>${list}</details>`;
  reflection.comment?.summary.push({ kind: "text", text });
}

/**
 * @param {import("typedoc").Reflection} reflection
 * @param {string | undefined} group
 */
function addGroup(reflection, group) {
  if (group === undefined) return;
  const signatures = reflection instanceof DeclarationReflection ? (reflection.signatures ?? []) : [];
  for (const { comment } of [reflection, ...signatures]) {
    comment?.blockTags.push(new CommentTag("@category", [{ kind: "text", text: group }]));
  }
}

/**
 * A type that is not exported, such as a schema of the document, is no base that a reader could look up: its members are simply members.
 *
 * @param {import("typedoc").ProjectReflection} project
 * @param {DeclarationReflection} reflection
 */
function removeUnexportedBases(project, reflection) {
  if (reflection.extendedTypes === undefined) return;
  for (const base of reflection.extendedTypes) if (!isExported(base)) project.removeTypeReflections(base);
  reflection.extendedTypes = reflection.extendedTypes.filter(isExported);
}

/**
 * What typedoc adds at the end and nobody could follow: members of such bases, and sources that are not in the repository.
 *
 * @param {import("typedoc").ProjectReflection} project
 */
function removeDeadEnds(project) {
  for (const reflection of Object.values(project.reflections)) {
    if (!reflection.isDeclaration() && !reflection.isSignature()) continue;
    const isOurs = reflection.sources?.every(({ fileName }) => fileName.startsWith("src/"));
    if (!isOurs) delete reflection.sources;
    if (!isExported(reflection.inheritedFrom)) delete reflection.inheritedFrom;
    if (!isExported(reflection.overwrites)) delete reflection.overwrites;
  }
}

/** @param {import("typedoc").SomeType | undefined} type */
function isExported(type) {
  return type instanceof ReferenceType && type.reflection !== undefined;
}

/**
 * A link in the summary of a list cannot be reached with every screen reader, so it becomes the first entry of the list.
 *
 * @param {import("typedoc").NavigationElement} entry
 */
function moveLinkOutOfSummary(entry) {
  if (entry.children === undefined || entry.path === undefined) return;
  entry.children.unshift({ text: "Overview", path: entry.path });
  delete entry.path;
}

/**
 * What axe-core finds in typedoc's theme: missing landmarks, links in summaries, and a heading that skips levels.
 *
 * @param {import("typedoc").PageEvent} page
 */
function makeAccessible(page) {
  page.contents = (page.contents ?? "")
    .replace('<div class="col-content">', '<div class="col-content" role="main">')
    .replace('<div class="page-menu">', '<div class="page-menu" role="complementary" aria-label="This page">')
    .replace(/<summary.*?<\/summary>/gs, (summary) =>
      summary.replace(/<a [^>]*class="tsd-anchor-icon".*?<\/a>/gs, "").replace(/<\/?a\b[^>]*>/g, ""),
    )
    .replace(/<h5 class="tsd-index-heading uppercase">(.*?)<\/h5>/g, '<h2 class="tsd-index-heading uppercase">$1</h2>');
}
