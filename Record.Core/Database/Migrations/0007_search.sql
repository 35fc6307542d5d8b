-- Search values in few bytes: numbers stand for resources, parameters and systems; one row a value, five narrow indexes.
-- The values of resources that are there already are worked out again by the migrations service (see ReindexSql).

-- A resource's number: search rows name it by eight bytes, and pages are cut by it because it never changes.
-- Processes take blocks of numbers, so that rows that refer to one another are written in one round trip.
create sequence record.resource_number increment by 256;

alter table record.resource add column rid bigint;
update record.resource set rid = numbered.n from (select type, id, row_number() over (order by updated, type, id) n from record.resource) numbered
    where resource.type = numbered.type and resource.id = numbered.id;
select setval('record.resource_number', 256 * (2 + (select count(*) from record.resource) / 256));
alter table record.resource alter column rid set not null;
create unique index resource_by_number on record.resource (rid);

-- Eight bytes that stand for a patient's id in search rows; what is found is compared with the id itself.
create function record.patient_key(id text) returns bigint language sql immutable strict parallel safe
    return ('x' || left(encode(sha256(convert_to(id, 'UTF8')), 'hex'), 16))::bit(64)::bigint;

alter table record.resource add column patient_key bigint;
update record.resource set patient_key = record.patient_key(patient) where patient is not null;
drop index record.resource_of_patient;
create index resource_of_patient on record.resource (patient_key, type, rid) where patient_key is not null and not deleted;
drop index record.resource_updated;
create index resource_updated on record.resource (type, updated);

alter table record.resource_history add column rid bigint;
update record.resource_history h set rid = r.rid from record.resource r where r.type = h.type and r.id = h.id;
create index history_updated on record.resource_history (type, updated);

-- Numbers of search parameters, filled by the migrations service from R4's list: (type, name). Forms of a parameter that are
-- asked by a modifier stand beside it: name:text, name:of-type, name:identifier.
create table record.search_parameter (
    number smallint generated always as identity primary key,
    type text collate "C" not null,
    name text collate "C" not null,
    unique (type, name)
);
create function record.search_parameter(of_type text, of_name text) returns smallint language sql stable strict parallel safe
    return (select number from record.search_parameter where type = of_type and name = of_name);

-- Numbers of code systems, identifier systems and unit systems.
create table record.search_system (
    number integer generated always as identity primary key,
    uri text collate "C" not null unique
);

-- Units of UCUM that have been seen: a search for 5 mg also asks for 0.005 g.
create table record.search_unit (code text collate "C" primary key);

-- How the values were worked out; another number than the program's has everything worked out again.
create table record.search_index (version integer not null);

drop table record.search_value;
create table record.search_value (
    rid bigint not null,
    patient bigint,           -- patient_key of the resource
    low timestamptz,          -- date: its begin; other kinds: the date by which the resource is sorted
    high timestamptz,         -- date: its end, exclusive
    system integer,           -- token, quantity: number of the system
    parameter smallint not null,
    value text collate "C",
    number numeric
);
create index search_of_patient on record.search_value (patient, parameter, value, low, rid) where patient is not null;
create index search_by_value on record.search_value (parameter, value) where value is not null;
create index search_by_date on record.search_value (parameter, low) where value is null and number is null;
create index search_by_number on record.search_value (parameter, number) where number is not null;
create index search_of_resource on record.search_value (rid);

grant select, insert, update, delete on record.search_value to record_api, record_worker;
grant usage on sequence record.resource_number to record_api, record_worker;
grant select on record.search_parameter, record.search_index to record_api, record_worker, reporting;
grant select, insert on record.search_system, record.search_unit to record_api, record_worker;
