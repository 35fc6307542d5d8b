-- The store: current resources, their history, search values, the change log, audit.
-- One write is one transaction over all five (DESIGN.md section 3).

create schema record;

create table record.resource (
    type text collate "C" not null,
    id text collate "C" not null,
    version integer not null,
    updated timestamptz not null,
    patient text collate "C",
    deleted boolean not null default false,
    body bytea,
    primary key (type, id),
    check (deleted = (body is null))
);
create index resource_of_patient on record.resource (patient, type, id) where patient is not null and not deleted;
create index resource_updated on record.resource (type, updated, id) where not deleted;

create table record.resource_history (
    type text collate "C" not null,
    id text collate "C" not null,
    version integer not null,
    updated timestamptz not null,
    patient text collate "C",
    deleted boolean not null,
    body bytea,
    primary key (type, id, version)
);

-- One row a value. Which columns are filled depends on the parameter's type:
-- token: system, value; string: value (folded); reference: value = Type/id; uri: value;
-- date: low, high; number and quantity: number, number_high, system, value = unit code.
create table record.search_value (
    patient text collate "C",
    type text collate "C" not null,
    parameter text collate "C" not null,
    value text collate "C",
    system text collate "C",
    low timestamptz,
    high timestamptz,
    number numeric,
    number_high numeric,
    id text collate "C" not null
);
-- Almost every clinical search starts at a patient: one patient's events are found as fast among many as among few.
create index search_of_patient on record.search_value (patient, type, parameter, value, low, id) where patient is not null;
create index search_by_value on record.search_value (type, parameter, value, id) where value is not null;
create index search_by_date on record.search_value (type, parameter, low) where low is not null and patient is null;
create index search_of_resource on record.search_value (type, id);

-- Narrow and append-only. Read by windows of transactions, never by seq alone: sequence numbers commit out of order.
create table record.change (
    seq bigint generated always as identity primary key,
    xid xid8 not null default pg_current_xact_id(),
    partition smallint not null,
    type text collate "C" not null,
    id text collate "C" not null,
    version integer not null,
    patient text collate "C",
    cause text collate "C" not null,
    at timestamptz not null
);
create index change_by_window on record.change (partition, xid, seq);

create table record.person_change (
    seq bigint generated always as identity primary key,
    xid xid8 not null default pg_current_xact_id(),
    partition smallint not null,
    type text collate "C" not null,
    id text collate "C" not null,
    version integer not null,
    patient text collate "C",
    person uuid not null,
    cause text collate "C" not null,
    at timestamptz not null
);
create index person_change_by_window on record.person_change (partition, xid, seq);

-- A consumer's place: the window of transactions it reads and how far it has come in it.
create table record.consumer_cursor (
    consumer text collate "C" not null,
    partition smallint not null,
    window_start xid8 not null,
    window_end xid8 not null,
    seq bigint not null,
    moved_at timestamptz not null default now(),
    primary key (consumer, partition)
);

-- Who saw or wrote what. Append-only: no role that runs may update or delete.
create table record.audit (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    request uuid not null,
    actor text not null,
    role text not null,
    organisation text not null,
    purpose text not null,
    client text not null,
    action "char" not null check (action in ('C', 'R', 'U', 'D', 'E')),
    interaction text not null,
    resource_type text,
    resource_id text,
    query text,
    outcome text not null,
    patients text[] not null default '{}'
);
create index audit_by_time on record.audit (at);
create index audit_by_patient on record.audit using gin (patients);

grant usage on schema record to record_api, record_worker, reporting;
grant select, insert, update, delete on record.resource, record.search_value to record_api, record_worker;
grant select, insert on record.resource_history, record.change, record.person_change to record_api, record_worker;
grant select, insert, update on record.consumer_cursor to record_worker;
grant select, insert on record.audit to record_api, record_worker;
grant insert on record.audit to reporting;
grant select on record.consumer_cursor, record.change, record.person_change to reporting, record_api;
