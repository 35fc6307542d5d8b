-- The indexes that serve questions without a patient are over parameter::int, and such questions say parameter::int.
-- A question about one patient says parameter, so it can only go to the patient's index: before statistics exist the two look
-- alike to the planner, and it read a code's rows of everybody (seen: 262 rows for 8, growing with the record).
drop index record.search_by_value;
drop index record.search_by_date;
drop index record.search_by_number;
create index search_by_value on record.search_value ((parameter::int), value) where value is not null;
create index search_by_date on record.search_value ((parameter::int), low) where value is null and number is null;
create index search_by_number on record.search_value ((parameter::int), number) where number is not null;

-- Young tables get statistics soon, and large ones before a tenth of them has changed.
alter table record.search_value set (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 2000);
alter table record.resource set (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 500);
