import { join, sep } from "node:path";
import ts from "typescript";

/** A property that users see in an exported type, as an editor shows it. */
export interface ShownProperty {
  /** Where users meet it: `RetryOptions.maxDelay`, `CreateCredentialInput.userInputs`. */
  readonly path: string;
  readonly text: string;
  readonly isOptional: boolean;
  readonly isNumber: boolean;
  readonly hasDefault: boolean;
}

/** As a strict project of a user's has them. */
export const COMPILER_OPTIONS: ts.CompilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
  types: [],
};

const FOREIGN_TYPES: readonly string[] = [
  // The whole document as types; what users name of it is exported under names of its own.
  ...["paths", "operations", "components"],
  // Bundled from openapi-fetch, which documents them elsewhere.
  ...["Middleware", "MiddlewareCallbackParams"],
];

/** Every property of every type and class that the installed package exports, those of nested objects too. */
export function shownProperties(project: string): readonly ShownProperty[] {
  const folder = join(project, "node_modules", "rollout-client");
  const entry = join(folder, "dist", "index.d.ts");
  const program = ts.createProgram([entry], COMPILER_OPTIONS);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(entry);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${entry} is not a module`);

  const isOurs = ({ declarations = [] }: ts.Symbol): boolean =>
    declarations.some((declaration) => declaration.getSourceFile().fileName.startsWith(folder.split(sep).join("/")));
  const exported = checker.getExportsOfModule(module);
  const types = exported.filter(({ name }) => !FOREIGN_TYPES.includes(name)).map((symbol) => resolved(symbol, checker));
  const seen = new Set<ts.Symbol>();
  const found: ShownProperty[] = [];

  // Level by level, so that a property is named by the exported type that declares it.
  let level = types
    .filter(({ flags }) => (flags & ts.SymbolFlags.Type) !== 0)
    .map((symbol) => ({ type: checker.getDeclaredTypeOfSymbol(symbol), path: symbol.name }));
  while (level.length > 0) {
    level = level.flatMap(({ type, path: parent }) =>
      propertiesOf(type, checker).flatMap((property) => {
        // Emitted for the private members of a class.
        if (property.name === "#private" || !isOurs(property) || seen.has(property)) return [];
        seen.add(property);
        const path = `${parent}.${property.name}`;
        const propertyType = checker.getNonNullableType(checker.getTypeOfSymbol(property));
        found.push(shown(property, propertyType, path, checker));
        return [{ type: propertyType, path }];
      }),
    );
  }
  return found;
}

/** A union has the properties of each of its parts. */
function propertiesOf(type: ts.Type, checker: ts.TypeChecker): readonly ts.Symbol[] {
  if (type.isUnion()) return type.types.flatMap((part) => propertiesOf(part, checker));
  return (type.flags & ts.TypeFlags.Object) === 0 ? [] : checker.getPropertiesOfType(type);
}

function resolved(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
}

function shown(property: ts.Symbol, type: ts.Type, path: string, checker: ts.TypeChecker): ShownProperty {
  const tags = property.getJsDocTags(checker);
  // openapi-typescript writes descriptions under a tag.
  const described = tags.filter(({ name }) => name === "description").map(({ text }) => ts.displayPartsToString(text));
  return {
    path,
    text: [ts.displayPartsToString(property.getDocumentationComment(checker)), ...described].join("\n").trim(),
    isOptional: (property.flags & ts.SymbolFlags.Optional) !== 0,
    isNumber: checker.isTypeAssignableTo(checker.getNumberType(), type),
    hasDefault: tags.some(({ name }) => name === "default"),
  };
}
