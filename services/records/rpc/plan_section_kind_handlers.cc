#include "services/records/rpc/plan_section_kind_handlers.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/audit/event.h"
#include "libs/id/uuid.h"
#include "libs/rpc/call.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/records/domain/errors.h"
#include "services/records/domain/limits.h"
#include "services/records/rpc/convert.h"

namespace portal::records {
namespace {

// As plan_section_kinds_kind_id_check has it.
std::string NewKindId(const time::Clock& clock) {
  std::string id = absl::StrCat("kind_", id::NewUuidV7(clock).ToString());
  std::erase(id, '-');
  return id;
}

}  // namespace

absl::StatusOr<v1::PlanSectionKind> PlanSectionKindHandlers::CreatePlanSectionKind(
    const rpc::Context& context, const v1::CreatePlanSectionKindRequest& request) {
  status::FieldViolations violations;
  PlanSectionKind kind{.id = NewKindId(deps_.clock),
                       .title = CheckedTitle(request.title(), violations)};
  RETURN_IF_ERROR(violations.ToStatus());
  const auto create = [&](db::Transaction& transaction) -> absl::StatusOr<v1::PlanSectionKind> {
    const std::vector<PlanSectionKind> kinds =
        kinds_.GetForChange(transaction, context.clinic_id());
    if (kinds.size() >= kMaxPlanSectionKinds) return TooManyPlanSectionKinds();
    kind.position = kinds.empty() ? 1 : kinds.back().position + 1;
    kinds_.Insert(transaction, context.clinic_id(), kind);
    RETURN_IF_ERROR(Audit(context, transaction, kind.id));
    return ToProto(kind);
  };
  return deps_.idempotency.Run<v1::PlanSectionKind>(
      deps_.pool, rpc::CallOf(context), rpc::KeyOf(context, request.request_id()), request, create);
}

absl::StatusOr<v1::PlanSectionKind> PlanSectionKindHandlers::UpdatePlanSectionKind(
    const rpc::Context& context, const v1::UpdatePlanSectionKindRequest& request) {
  status::FieldViolations violations;
  const std::string title = CheckedTitle(request.title(), violations);
  if (request.position() < 1 || request.position() > kMaxPlanSectionKinds) {
    violations.Add("position", absl::StrCat("must be 1 to ", kMaxPlanSectionKinds));
  }
  RETURN_IF_ERROR(violations.ToStatus());
  return Change(context, request, [&](PlanSectionKind& kind) {
    kind.title = title;
    kind.position = request.position();
  });
}

absl::StatusOr<v1::PlanSectionKind> PlanSectionKindHandlers::RetirePlanSectionKind(
    const rpc::Context& context, const v1::RetirePlanSectionKindRequest& request) {
  return Change(context, request, [](PlanSectionKind& kind) { kind.retired = true; });
}

absl::StatusOr<v1::PlanSectionKind> PlanSectionKindHandlers::RestorePlanSectionKind(
    const rpc::Context& context, const v1::RestorePlanSectionKindRequest& request) {
  return Change(context, request, [](PlanSectionKind& kind) { kind.retired = false; });
}

template <typename Request>
absl::StatusOr<v1::PlanSectionKind> PlanSectionKindHandlers::Change(
    const rpc::Context& context, const Request& request,
    absl::FunctionRef<void(PlanSectionKind&)> alter) {
  const auto change = [&](db::Transaction& transaction) -> absl::StatusOr<v1::PlanSectionKind> {
    std::vector<PlanSectionKind> kinds = kinds_.GetForChange(transaction, context.clinic_id());
    ASSIGN_OR_RETURN(PlanSectionKind kind, KindIn(kinds, request.plan_section_kind_id()));
    alter(kind);
    ASSIGN_OR_RETURN(kinds, WithKindAt(std::move(kinds), kind));
    kinds_.Update(transaction, context.clinic_id(), kinds, deps_.clock.Now());
    RETURN_IF_ERROR(Audit(context, transaction, kind.id));
    ASSIGN_OR_RETURN(kind, KindIn(kinds, kind.id));
    return ToProto(kind);
  };
  return deps_.idempotency.Run<v1::PlanSectionKind>(
      deps_.pool, rpc::CallOf(context), rpc::KeyOf(context, request.request_id()), request, change);
}

absl::Status PlanSectionKindHandlers::Audit(const rpc::Context& context,
                                            db::Transaction& transaction,
                                            const std::string& kind_id) const {
  audit::Event event = context.AuditEvent();
  event.resource_kind = "plan_section_kind";
  event.resource_id = kind_id;
  return audit::Append(transaction, deps_.clock, {event});
}

}  // namespace portal::records
