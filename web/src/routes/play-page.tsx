import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { FlaskConical } from "lucide-react";
import { environmentsQuery } from "@/api/environments";
import { modelsQuery } from "@/api/models";
import type { Controller } from "@/api/previews";
import type { Environment, StoredModel } from "@/api/types";
import { PreviewPlayer } from "@/features/preview/preview-player";
import { EnvironmentSelect } from "@/features/run-form/environment-select";
import { useDocumentTitle } from "@/lib/use-document-title";
import { Card } from "@/ui/card";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { Field } from "@/ui/field";
import { PageBody } from "@/ui/page-body";
import { Select } from "@/ui/select";
import { SkeletonRows } from "@/ui/skeleton";

const route = getRouteApi("/play");
const FIRST_ENV = "CartPole-v1";
const CONTROLLERS: { value: Controller; label: string }[] = [
  { value: "random", label: "random actions" },
  { value: "human", label: "you, by keys" },
  { value: "checkpoint", label: "a trained policy" },
  { value: "hybrid", label: "a policy, and you" },
];

/** Look at any environment and act in it, without training. */
export function PlayPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  useDocumentTitle("Play");
  const environments = useQuery(environmentsQuery());
  const controller = search.controller ?? "random";
  const asked = search.env ?? FIRST_ENV;
  const selected = environments.data?.find(
    ({ id, aliases }) => id === asked || aliases.includes(asked),
  );
  const needsPolicy = controller === "checkpoint" || controller === "hybrid";
  const models = useInfiniteQuery({
    ...modelsQuery({ env_id: selected?.id }),
    enabled: needsPolicy && selected !== undefined,
  });
  const found = models.data?.pages.flatMap(({ items }) => items) ?? [];
  const runId = needsPolicy ? (search.run ?? found[0]?.run_id) : undefined;
  const choose = (change: Partial<typeof search>) =>
    void navigate({ search: (current) => ({ ...current, ...change }), replace: true });
  if (environments.isError) {
    return (
      <PageBody title="Play">
        <ErrorState
          title="The catalogue could not be loaded"
          error={environments.error}
          onRetry={() => void environments.refetch()}
        />
      </PageBody>
    );
  }
  return (
    <PageBody title="Play">
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[20rem_minmax(0,1fr)]">
        <div className="grid grid-cols-[minmax(0,1fr)] gap-4 max-lg:order-last">
          <Card title="Who acts" id="controller">
            <div className="grid gap-3">
              <Field label="Controller">
                {({ id }) => (
                  <Select
                    id={id}
                    value={controller}
                    options={CONTROLLERS}
                    onChange={(next) => choose({ controller: next as Controller, run: undefined })}
                  />
                )}
              </Field>
              {needsPolicy && found.length > 0 && (
                <PolicySelect models={found} value={runId} onChange={(run) => choose({ run })} />
              )}
              <Link
                to="/lab"
                search={{ env: selected?.id ?? asked }}
                className="btn btn-outline justify-self-start"
              >
                <FlaskConical aria-hidden="true" />
                Train in the Lab
              </Link>
            </div>
          </Card>
          <Card title="Environment" id="environment">
            {environments.data ? (
              <EnvironmentSelect
                environments={environments.data}
                selected={selected}
                askedFor={asked}
                recent={[]}
                onSelect={(env) => choose({ env, run: undefined, seed: undefined })}
              />
            ) : (
              <SkeletonRows count={6} />
            )}
          </Card>
        </div>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
          <Shown
            environment={selected}
            isLoading={environments.isPending || (needsPolicy && models.isLoading)}
            controller={controller}
            runId={runId}
            needsPolicy={needsPolicy}
            seed={search.seed}
            asked={asked}
          />
        </div>
      </div>
    </PageBody>
  );
}

interface PolicySelectProps {
  models: StoredModel[];
  value: string | undefined;
  onChange: (runId: string) => void;
}

function PolicySelect({ models, value, onChange }: PolicySelectProps) {
  return (
    <Field label="Policy of the run">
      {({ id }) => (
        <Select
          id={id}
          value={value ?? ""}
          options={models.map((model) => ({ value: model.run_id, label: model.run_name }))}
          onChange={onChange}
        />
      )}
    </Field>
  );
}

interface ShownProps {
  environment: Environment | undefined;
  isLoading: boolean;
  controller: Controller;
  runId: string | undefined;
  needsPolicy: boolean;
  seed: number | undefined;
  asked: string;
}

function Shown(props: ShownProps) {
  const { environment, isLoading, controller, runId, needsPolicy, seed, asked } = props;
  if (isLoading) {
    return (
      <div className="card p-4">
        <SkeletonRows count={8} />
      </div>
    );
  }
  if (!environment) {
    return (
      <Card>
        <EmptyState title={`Nothing is called ${asked}`} text="Choose an environment." />
      </Card>
    );
  }
  if (needsPolicy && runId === undefined) {
    return (
      <Card>
        <EmptyState
          title="No policy has been trained here yet"
          text={`Train one in ${environment.title}, or choose another controller.`}
        />
      </Card>
    );
  }
  const wish = { envId: environment.id, controller, runId, seed };
  return <PreviewPlayer wish={wish} title={environment.title} />;
}
