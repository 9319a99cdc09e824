-- name: ListPlanSectionKinds
SELECT kind_id, title, position FROM plan_section_kinds WHERE clinic_id = $1 ORDER BY position

-- name: InsertStartingPlanSectionKinds
-- Only for a clinic without a list; of two at once the second waits for the first and inserts nothing.
INSERT INTO plan_section_kinds (clinic_id, kind_id, title, position)
SELECT $1, starting.kind_id, starting.title, starting.position
FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS starting (kind_id, title, position)
WHERE NOT EXISTS (SELECT FROM plan_section_kinds WHERE clinic_id = $1)
ON CONFLICT DO NOTHING
