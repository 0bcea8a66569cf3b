-- Health of a Flag, for Argo CD, where whatever comes next is to wait until everybody has it who is to have it:
-- Progressing until RolledOut. For RollingSync over clusters; beside it, waves and `argocd app wait` take days.
local function condition(name)
  if obj.status == nil or obj.status.conditions == nil then return nil end
  for _, each in ipairs(obj.status.conditions) do
    if each.type == name then return each end
  end
  return nil
end

local function verdict(status, about)
  return {status = status, message = about ~= nil and about.message or ""}
end

if obj.status == nil or obj.status.observedGeneration ~= obj.metadata.generation then
  return {status = "Progressing", message = "waits for the operator to see this generation"}
end

local stalled, reconciling, ready = condition("Stalled"), condition("Reconciling"), condition("Ready")
if stalled ~= nil and stalled.status == "True" then return verdict("Degraded", stalled) end
if reconciling ~= nil and reconciling.status == "True" then return verdict("Progressing", reconciling) end
if ready == nil or ready.status ~= "True" then return verdict("Progressing", ready) end

-- Inconclusive goes on by itself: it is for an alert, not for a person who looks at this page.
local rollout = obj.status.rollout
if rollout ~= nil and rollout.phase == "Paused" and rollout.reason ~= "Inconclusive" then
  return verdict("Suspended", rollout)
end

local done = condition("RolledOut")
if done == nil or done.status ~= "True" then return verdict("Progressing", done) end
return verdict("Healthy", rollout or ready)
