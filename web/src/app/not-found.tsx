import { Link } from "@tanstack/react-router";
import { SearchX } from "lucide-react";
import { useDocumentTitle } from "@/lib/use-document-title";
import { EmptyState } from "@/ui/empty-state";

export function NotFound() {
  useDocumentTitle("Not found");
  return (
    <div className="grid min-h-[60dvh] place-items-center p-4">
      <div>
        <h1 className="sr-only">Page not found</h1>
        <EmptyState
          icon={<SearchX aria-hidden="true" size={32} />}
          title="There is no page at this address"
          text="The address may be mistyped, or what it showed was deleted."
          action={
            <div className="flex gap-2">
              <Link to="/" className="btn btn-primary">
                Home
              </Link>
              <Link to="/runs" className="btn btn-outline">
                Runs
              </Link>
            </div>
          }
        />
      </div>
    </div>
  );
}
