module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "features-are-independent",
      severity: "error",
      from: { path: "^src/features/([^/]+)/" },
      to: { path: "^src/features/([^/]+)/", pathNot: "^src/features/$1/" },
    },
    {
      name: "shared-never-imports-features",
      severity: "error",
      from: { path: "^src/(ui|charts|lib|api|generated)/" },
      to: { path: "^src/(features|routes|app)/" },
    },
    {
      name: "features-never-import-routes",
      severity: "error",
      from: { path: "^src/features/" },
      to: { path: "^src/(routes|app)/" },
    },
    {
      name: "ui-knows-no-domain",
      severity: "error",
      from: { path: "^src/(ui|charts)/" },
      to: { path: "^src/(api|generated)/" },
    },
    {
      name: "api-knows-no-ui",
      severity: "error",
      from: { path: "^src/(api|lib)/" },
      to: { path: "^src/(ui|charts)/" },
    },
    {
      name: "lib-stands-alone",
      severity: "error",
      from: { path: "^src/lib/" },
      to: { path: "^src/(api|generated)/" },
    },
    { name: "no-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".js", ".css"],
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "default"],
    },
  },
};
