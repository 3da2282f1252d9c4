package orders;

import com.amazonaws.services.simpleworkflow.flow.annotations.Execute;
import com.amazonaws.services.simpleworkflow.flow.annotations.Workflow;
import com.amazonaws.services.simpleworkflow.flow.annotations.WorkflowRegistrationOptions;
import com.amazonaws.services.simpleworkflow.flow.core.Promise;

/** One long activity with heartbeats; a cancelled execution cleans up before it ends. */
@Workflow
@WorkflowRegistrationOptions(defaultExecutionStartToCloseTimeoutSeconds = 120)
public interface PackingWorkflow {
    @Execute(name = "Packing", version = "1.0")
    Promise<Integer> pack(int parcels);
}
