-- name: ListPlanSectionKinds
SELECT kind_id, title, position, retired_at IS NOT NULL AS retired
FROM plan_section_kinds WHERE clinic_id = $1 ORDER BY position

-- name: InsertStartingPlanSectionKinds
-- Only for a clinic without a list; of two at once the second waits for the first and inserts nothing.
INSERT INTO plan_section_kinds (clinic_id, kind_id, title, position)
SELECT $1, starting.kind_id, starting.title, starting.position
FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS starting (kind_id, title, position)
WHERE NOT EXISTS (SELECT FROM plan_section_kinds WHERE clinic_id = $1)
ON CONFLICT (clinic_id, kind_id) DO NOTHING

-- name: LockPlanSectionKinds
-- Nobody else changes the list until the transaction ends; charts are written meanwhile.
SELECT kind_id FROM plan_section_kinds WHERE clinic_id = $1 ORDER BY kind_id FOR NO KEY UPDATE

-- name: InsertPlanSectionKind
INSERT INTO plan_section_kinds (clinic_id, kind_id, title, position) VALUES ($1, $2, $3, $4)

-- name: UpdatePlanSectionKinds
-- The whole list: its ids, titles and whether they are retired, in order.
UPDATE plan_section_kinds AS kind
SET title = listed.title, position = listed.position,
    retired_at = CASE WHEN listed.retired THEN coalesce(kind.retired_at, from_micros($5)) END
FROM unnest($2::text[], $3::text[], $4::bool[]) WITH ORDINALITY AS listed (kind_id, title, retired, position)
WHERE kind.clinic_id = $1 AND kind.kind_id = listed.kind_id
