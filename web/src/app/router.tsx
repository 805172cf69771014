import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from "@tanstack/react-router";
import { NotFound } from "./not-found";
import { PageError } from "./page-error";
import { PagePending } from "./page-pending";
import {
  parseCodeDocumentSearch,
  parseCodeSearch,
  parseCompareSearch,
  parseHomeSearch,
  parseLabSearch,
  parseModelsSearch,
  parsePlaySearch,
  parseRunSearch,
  parseRunsSearch,
} from "./search-params";
import { Shell } from "./shell";

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  validateSearch: parseHomeSearch,
  component: lazyRouteComponent(() => import("@/routes/home-page"), "HomePage"),
});

const labRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/lab",
  validateSearch: parseLabSearch,
  component: lazyRouteComponent(() => import("@/routes/lab-page"), "LabPage"),
});

const runsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/runs",
  validateSearch: parseRunsSearch,
  component: lazyRouteComponent(() => import("@/routes/runs-page"), "RunsPage"),
});

const runRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/runs/$runId",
  validateSearch: parseRunSearch,
  component: lazyRouteComponent(() => import("@/routes/run-page"), "RunPage"),
});

const compareRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/compare",
  validateSearch: parseCompareSearch,
  loaderDeps: ({ search }) => ({ ids: search.ids }),
  // Asked for while the page's own code is on its way; nobody waits for the answers here.
  loader: async ({ deps, location }) => {
    const { prefetchComparison } = await import("@/api/compare-prefetch");
    prefetchComparison(deps.ids, parseCompareSearch(location.search));
  },
  component: lazyRouteComponent(() => import("@/routes/compare-page"), "ComparePage"),
});

const modelsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/models",
  validateSearch: parseModelsSearch,
  component: lazyRouteComponent(() => import("@/routes/models-page"), "ModelsPage"),
});

const codeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/code",
  validateSearch: parseCodeSearch,
  component: lazyRouteComponent(() => import("@/routes/code-page"), "CodePage"),
});

const codeDocumentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/code/$codeId",
  validateSearch: parseCodeDocumentSearch,
  component: lazyRouteComponent(() => import("@/routes/code-document-page"), "CodeDocumentPage"),
});

const playRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/play",
  validateSearch: parsePlaySearch,
  component: lazyRouteComponent(() => import("@/routes/play-page"), "PlayPage"),
});

const binRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/bin",
  component: lazyRouteComponent(() => import("@/routes/bin-page"), "BinPage"),
});

const storageRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/storage",
  component: lazyRouteComponent(() => import("@/routes/storage-page"), "StoragePage"),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    homeRoute,
    labRoute,
    runsRoute,
    runRoute,
    compareRoute,
    modelsRoute,
    codeRoute,
    codeDocumentRoute,
    playRoute,
    binRoute,
    storageRoute,
  ]),
  defaultPreload: "intent",
  defaultErrorComponent: PageError,
  defaultPendingComponent: PagePending,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
