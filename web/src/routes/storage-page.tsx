import { StorageView } from "@/features/run-storage/storage-view";
import { useDocumentTitle } from "@/lib/use-document-title";
import { PageBody } from "@/ui/page-body";

export function StoragePage() {
  useDocumentTitle("Storage");
  return (
    <PageBody title="Storage">
      <StorageView />
    </PageBody>
  );
}
