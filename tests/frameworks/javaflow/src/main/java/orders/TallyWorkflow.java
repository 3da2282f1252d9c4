package orders;

import com.amazonaws.services.simpleworkflow.flow.annotations.Execute;
import com.amazonaws.services.simpleworkflow.flow.annotations.Workflow;
import com.amazonaws.services.simpleworkflow.flow.annotations.WorkflowRegistrationOptions;
import com.amazonaws.services.simpleworkflow.flow.core.Promise;

/** Adds up the weights of parcels, one in each run: every run but the last continues as a new one. */
@Workflow
@WorkflowRegistrationOptions(defaultExecutionStartToCloseTimeoutSeconds = 120)
public interface TallyWorkflow {
    @Execute(name = "Tally", version = "1.0")
    Promise<Integer> tally(int parcels, int sum);
}
