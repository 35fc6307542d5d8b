-- BaRS: every request as received, by its request id, so that a repeat has no second effect; a conversation gathers requests.
create table record.bars_request (
    request uuid primary key,
    correlation uuid not null,
    sender text not null,
    event text collate "C" not null,
    reason text collate "C" not null,
    received_at timestamptz not null,
    body bytea not null
);
create index bars_request_of_conversation on record.bars_request (correlation);
grant select, insert on record.bars_request to record_api;
grant select on record.bars_request to record_worker;
