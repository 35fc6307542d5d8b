-- Bulk import: what was sent is kept in pieces of whole lines until each has been applied, so that a stopped process goes on where it was.

create table record.import_job (
    id uuid primary key,
    state text collate "C" not null check (state in ('receiving', 'running', 'done', 'cancelled')),
    created timestamptz not null,
    ended timestamptz,
    address text not null, -- of the request
    request uuid not null,
    actor text not null,
    role text not null,
    organisation text not null,
    purpose text not null,
    client text not null
);
create index import_job_open on record.import_job (id) where state = 'running';

create table record.import_input (
    job uuid not null references record.import_job on delete cascade,
    number integer not null,
    name text not null,
    primary key (job, number)
);

-- A piece is applied in one transaction with the resources that it makes: its body goes, its counts come.
create table record.import_piece (
    job uuid not null references record.import_job on delete cascade,
    number integer not null,
    input integer not null,
    first_line bigint not null,
    lines integer not null,
    accepted integer not null default 0,
    rejected integer not null default 0,
    body bytea,
    primary key (job, number)
);
alter table record.import_piece alter column body set storage external; -- it is read once: packing it would cost more than it saves
create index import_piece_waiting on record.import_piece (job, number) where body is not null;

create table record.import_fault (
    job uuid not null references record.import_job on delete cascade,
    input integer not null,
    line bigint not null,
    outcome bytea not null,
    primary key (job, input, line)
);

grant select, insert, update, delete on record.import_job, record.import_input, record.import_piece, record.import_fault to record_api;
