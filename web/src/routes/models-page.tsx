import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { environmentsQuery } from "@/api/environments";
import { runnersQuery } from "@/api/runners";
import type { StoredModel } from "@/api/types";
import { ImportModels } from "@/features/models/import-models";
import { ModelCard } from "@/features/models/model-card";
import { ModelList } from "@/features/models/model-list";
import { readStored } from "@/lib/local-store";
import { useDocumentTitle } from "@/lib/use-document-title";
import { Button } from "@/ui/button";
import { PageBody } from "@/ui/page-body";
import { Select } from "@/ui/select";
import { CheckpointActions } from "./checkpoint-actions";

const route = getRouteApi("/models");

/** Every stored model, to begin from or to play. */
export function ModelsPage() {
  const { env = "", algorithm = "" } = route.useSearch();
  const navigate = useNavigate();
  useDocumentTitle("Models");
  const filter = (changes: { env?: string; algorithm?: string }) =>
    void navigate({
      to: "/models",
      search: {
        env: (changes.env ?? env) || undefined,
        algorithm: (changes.algorithm ?? algorithm) || undefined,
      },
      replace: true,
    });
  const isFiltered = env !== "" || algorithm !== "";
  const chosenEnv = readStored("lab.env");
  return (
    <PageBody
      title="Models"
      actions={
        <>
          <Filters env={env} algorithm={algorithm} onChange={filter} />
          <ImportModels envId={env} />
        </>
      }
    >
      <ModelList
        filters={{ env_id: env, algorithm }}
        className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3"
        empty={
          isFiltered
            ? {
                title: "No model matches",
                text: "No run of this environment and algorithm has saved a checkpoint.",
                action: (
                  <Button onClick={() => filter({ env: "", algorithm: "" })}>
                    Clear the filters
                  </Button>
                ),
              }
            : {
                title: "No model yet",
                text: "Every run saves checkpoints: the first after two seconds of training, then one every 30 seconds and one at the end. Or import one that was trained elsewhere: drop its file on this page.",
                action: (
                  <Link to="/lab" className="btn btn-primary">
                    Train one in the Lab
                  </Link>
                ),
              }
        }
        renderModel={(model: StoredModel) => (
          <ModelCard
            model={model}
            heading="h2"
            renderActions={(one, timestep) => (
              <CheckpointActions
                run={{
                  id: one.run_id,
                  env_id: one.env_id,
                  runner: one.runner,
                  algorithm: one.algorithm,
                  imported: one.imported,
                }}
                timestep={timestep}
                chosenEnv={typeof chosenEnv === "string" ? chosenEnv : undefined}
              />
            )}
          />
        )}
      />
    </PageBody>
  );
}

interface FiltersProps {
  env: string;
  algorithm: string;
  onChange: (changes: { env?: string; algorithm?: string }) => void;
}

function Filters({ env, algorithm, onChange }: FiltersProps) {
  const { data: environments = [] } = useQuery(environmentsQuery());
  const { data: runners = [] } = useQuery(runnersQuery());
  const algorithms = new Map(
    runners.flatMap((runner) => runner.algorithms.map(({ id, title }) => [id, title] as const)),
  );
  return (
    <div className="flex flex-wrap gap-2">
      <Select
        aria-label="Environment"
        value={env}
        onChange={(value) => onChange({ env: value })}
        options={[
          { value: "", label: "Every environment" },
          ...environments.map(({ id }) => ({ value: id, label: id })),
        ]}
      />
      <Select
        aria-label="Algorithm"
        value={algorithm}
        onChange={(value) => onChange({ algorithm: value })}
        options={[
          { value: "", label: "Every algorithm" },
          ...[...algorithms].map(([id, title]) => ({ value: id, label: title })),
        ]}
      />
    </div>
  );
}
