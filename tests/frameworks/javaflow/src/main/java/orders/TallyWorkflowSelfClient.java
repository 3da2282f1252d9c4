package orders;

import com.amazonaws.services.simpleworkflow.flow.WorkflowSelfClientBase;
import com.amazonaws.services.simpleworkflow.flow.core.Promise;
import com.amazonaws.services.simpleworkflow.flow.core.Task;
import com.amazonaws.services.simpleworkflow.flow.generic.ContinueAsNewWorkflowExecutionParameters;

/** Continues a tally as a new run: what the framework's generator makes of `TallyWorkflow`. */
public class TallyWorkflowSelfClient extends WorkflowSelfClientBase {
    public TallyWorkflowSelfClient() {
        super(null, null, null);
    }

    public void tally(int parcels, Promise<Integer> sum) {
        new Task(sum) {
            @Override
            protected void doExecute() {
                ContinueAsNewWorkflowExecutionParameters parameters = new ContinueAsNewWorkflowExecutionParameters();
                parameters.setInput(dataConverter.toData(new Object[] {parcels, sum.get()}));
                decisionContextProvider
                        .getDecisionContext()
                        .getWorkflowClient()
                        .continueAsNewOnCompletion(
                                parameters.createContinueAsNewParametersFromOptions(schedulingOptions, null));
            }
        };
    }
}
