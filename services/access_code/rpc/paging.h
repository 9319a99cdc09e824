#ifndef SERVICES_ACCESS_CODE_RPC_PAGING_H_
#define SERVICES_ACCESS_CODE_RPC_PAGING_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/id/uuid.h"
#include "services/access_code/domain/grant.h"
#include "services/access_code/storage/grant_store.h"
#include "services/access_code/storage/list_position.h"

// Positions in lists as rpc::PageTokens carries them. Tokens are sealed, so their texts are ours;
// what does not fit nevertheless is PAGE_TOKEN_INVALID.
namespace portal::access_code {

inline constexpr size_t kPositionColumns = 2;

std::vector<std::string> ToTexts(absl::Time created_at, const id::Uuid& id);
std::vector<std::string> ToTexts(const AccessiblePatient& patient);

// `texts` is empty for the first page.
absl::StatusOr<ListPosition> ListPositionOf(const std::vector<std::string>& texts);
absl::StatusOr<std::optional<PatientPosition>> PatientPositionOf(
    const std::vector<std::string>& texts);

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_RPC_PAGING_H_
