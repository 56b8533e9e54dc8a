// The rules of ours that no plugin has.

import ts from 'typescript';

/** A rule that refuses every node a selector finds. */
const refuse = (found) => ({
  meta: { type: 'suggestion', schema: [] },
  create: (context) =>
    Object.fromEntries(
      Object.entries(found).map(([selector, message]) => [
        selector,
        (node) => context.report({ node, message }),
      ]),
    ),
});

const searchable = 'Named exports only: a name that can be searched for.';

const namedExports = refuse({
  ExportDefaultDeclaration: searchable,
  'ExportSpecifier[exported.name="default"]': searchable,
});

const domainNames = refuse({
  ':matches(ClassDeclaration, TSInterfaceDeclaration, TSTypeAliasDeclaration, FunctionDeclaration)[id.name=/(Manager|Service|Helper|Utils?)$/]':
    'Name it after what it knows or does, in the words of the domain: no Manager, Service, Helper or Utils.',
  'TSInterfaceDeclaration[id.name=/^I[A-Z][a-z]/]': 'An interface is named after the thing, without an I.',
});

const throughPorts =
  'Time and randomness come through ports or in the event, so that a case can be replayed.';

const noClockNoDice = refuse(
  Object.fromEntries(
    [
      'MemberExpression[object.name="Date"][property.name="now"]',
      'NewExpression[callee.name="Date"][arguments.length=0]',
      'CallExpression[callee.name="Date"]',
      'MemberExpression[object.name="Temporal"][property.name="Now"]',
      'MemberExpression[object.name="performance"][property.name="now"]',
      'MemberExpression[object.name="Math"][property.name="random"]',
      'CallExpression[callee.name=/^set(Timeout|Interval|Immediate)$/]',
      'CallExpression[callee.property.name=/^set(Timeout|Interval|Immediate)$/]',
    ].map((selector) => [selector, throughPorts]),
  ),
);

/** The import walls for `import()`. Options: `[{ regex, message }]`, see walls.mjs. */
const dynamicImportWalls = {
  meta: { type: 'problem', schema: [{ type: 'array' }] },
  create(context) {
    const walls = context.options[0].map(({ regex, message }) => ({ ban: new RegExp(regex), message }));
    return {
      'ImportExpression > Literal.source'(node) {
        const wall = walls.find(({ ban }) => ban.test(String(node.value)));
        if (wall) context.report({ node, message: wall.message });
      },
    };
  },
};

const agentNouns = /(?:manager|service|helper|utils?)(?=\.|$)/i;

/** Files are kebab-case, components PascalCase, and neither is named after what programs are made of. */
const fileName = {
  meta: { type: 'suggestion', schema: [] },
  create(context) {
    return {
      Program(node) {
        const name = context.filename.split(/[\\/]/).at(-1);
        if (agentNouns.test(name)) {
          context.report({
            node,
            message: `Name ${name} after what it knows or does, in the words of the domain.`,
          });
        }
        // SvelteKit's own files begin with a plus; a name with dots says how it is tested or where it runs.
        const kebab = /^\+?[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9-]+)+$/;
        const component = /^[A-Z][A-Za-z0-9]*\.svelte$/;
        if (
          !kebab.test(name) &&
          !component.test(name) &&
          !/^\+[a-z-]+(?:@[a-z-]*)?(?:\.[a-z]+)+$/.test(name)
        ) {
          context.report({ node, message: `${name}: files are kebab-case, components PascalCase.svelte.` });
        }
      },
    };
  },
};

/** Switching a rule off is allowed, unexplained is not. */
const disableSaysWhy = {
  meta: { type: 'suggestion', schema: [] },
  create(context) {
    return {
      Program() {
        for (const comment of context.sourceCode.getAllComments()) {
          if (!/^\s*eslint-disable/.test(comment.value) || /\s--\s+\S/.test(comment.value)) continue;
          context.report({ loc: comment.loc, message: 'Say why: `eslint-disable RULE -- the reason`.' });
        }
      },
    };
  },
};

/** Whatever functions and classes a package's index gives to others, documented; and given by name, one by one. */
const publicDocs = {
  meta: { type: 'suggestion', schema: [] },
  create(context) {
    const services = context.sourceCode.parserServices;
    const checker = services.program?.getTypeChecker();
    if (!checker) return {};

    function check(node) {
      const local = services.getSymbolAtLocation(node);
      if (!local) return;
      const symbol = local.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(local) : local;
      if (!(symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class))) return;
      if (symbol.getDocumentationComment(checker).length > 0) return;
      context.report({
        node,
        message: `${symbol.name} is public: its docstring says what it promises, its units, its errors, its source.`,
      });
    }

    return {
      'ExportAllDeclaration[exportKind!="type"]': (node) =>
        context.report({
          node,
          message:
            'The public list is explicit: name what you export (a file of types may use `export type *`).',
        }),
      ExportSpecifier: (node) => check(node.local),
      'ExportNamedDeclaration > :matches(FunctionDeclaration, ClassDeclaration)': (node) => check(node.id),
    };
  },
};

export const lakeus = {
  rules: {
    'named-exports': namedExports,
    'domain-names': domainNames,
    'no-clock-no-dice': noClockNoDice,
    'dynamic-import-walls': dynamicImportWalls,
    'file-name': fileName,
    'disable-says-why': disableSaysWhy,
    'public-docs': publicDocs,
  },
};
